import { render, type VNode } from 'preact';
import { App } from './app.tsx';
import { Gallery } from './gallery.tsx';
import { NoticesProvider } from './notices.tsx';
import { useLooks } from './preferences.ts';

function Page(): VNode {
  const looks = useLooks();
  return <NoticesProvider>{location.pathname === '/gallery' ? <Gallery looks={looks} /> : <App looks={looks} />}</NoticesProvider>;
}

const root = document.getElementById('page');
if (root) {
  root.replaceChildren();
  render(<Page />, root);
}
