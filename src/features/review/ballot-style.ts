/** 测评票网页的样子 — slips and the anonymous page alike: large enough for a phone held by an elderly guest. */
export const ballotStyle = `
*{box-sizing:border-box}body{margin:0;background:#fff;color:#1f2329;font:1.125rem/1.6 -apple-system,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif}
main{max-width:34rem;margin:0 auto;padding:1rem}h1{font-size:1.25rem;margin:.25rem 0}h2{font-size:1.5rem;margin:.5rem 0}
p{margin:.5rem 0}.small{font-size:1rem;color:#4e5969}fieldset{border:0;margin:0;padding:0}legend{padding:0;margin:.5rem 0}
label{display:flex;align-items:center;gap:.75rem;border:2px solid #8f959e;border-radius:.5rem;padding:.75rem 1rem;margin:.5rem 0;font-size:1.375rem}
input[type=radio]{width:1.5rem;height:1.5rem;flex:none}input[type=text]{width:100%;font-size:1.5rem;padding:.5rem;border:2px solid #8f959e;border-radius:.5rem}
label.comment{display:block;border:0;padding:0;font-size:1.125rem}textarea{display:block;width:100%;font:inherit;font-size:1.25rem;padding:.5rem;border:2px solid #8f959e;border-radius:.5rem}
label:not(.comment):focus-within,input[type=text]:focus,textarea:focus{outline:3px solid #1456f0;outline-offset:2px}
button,a.button{display:block;width:100%;background:#1456f0;color:#fff;border:0;border-radius:.5rem;padding:1rem;font-size:1.375rem;text-align:center;text-decoration:none;margin:1rem 0}
details{margin:1.5rem 0;font-size:1rem;color:#1f2329}summary{padding:.75rem 0;color:#1456f0}button:disabled{background:#646a73}
.state{border-left:.375rem solid #1456f0;padding:.25rem .75rem;background:#f2f5ff}`;
