// qrcode 没有自带类型；这里只写用到的函数。
declare module 'qrcode' {
  interface QrCode {
    toString(text: string, options: { readonly type: 'terminal'; readonly small: boolean }): Promise<string>;
    toString(text: string, options: { readonly type: 'svg'; readonly margin: number; readonly errorCorrectionLevel: 'M' }): Promise<string>;
    create(
      text: string,
      options: { readonly errorCorrectionLevel: 'M' },
    ): { readonly modules: { readonly size: number; get(row: number, column: number): number } };
    toBuffer(
      text: string,
      options: { readonly type: 'png'; readonly margin: number; readonly scale: number; readonly errorCorrectionLevel: 'M' },
    ): Promise<Uint8Array>;
  }
  const qrcode: QrCode;
  export = qrcode;
}
