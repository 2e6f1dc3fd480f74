// qrcode 没有自带类型；这里只写用到的一个函数。
declare module 'qrcode' {
  interface QrCode {
    toString(text: string, options: { readonly type: 'terminal'; readonly small: boolean }): Promise<string>;
  }
  const qrcode: QrCode;
  export = qrcode;
}
