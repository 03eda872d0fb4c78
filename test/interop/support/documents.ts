/** Documents that the tests let a foreign server send. */

const REQUEST = "http://schemas.microsoft.com/2003/print/asyncui/v1/request";

function request(content: string): string {
  return `<?xml version="1.0"?><asyncPrintUIRequest xmlns="${REQUEST}"><v1><requestOpen>${content}</requestOpen></v1></asyncPrintUIRequest>`;
}

export function balloon(title: string, body: string): string {
  return request(`<balloonUI><title>${title}</title><body>${body}</body></balloonUI>`);
}

export function messageBox(title: string): string {
  const buttons = `<buttons><button buttonID="IDOK"/><button buttonID="7" stringID="1200"/></buttons>`;
  return request(`<messageBoxUI><title>${title}</title><body>Go on?</body>${buttons}</messageBoxUI>`);
}

export function customUi(bidi: boolean): string {
  return request(`<customUI dll="driver.dll" entrypoint="Show" bidi="${bidi}">ink</customUI>`);
}

export function configuration(name: string): string {
  const bidi = "http://schemas.microsoft.com/windows/2005/03/printing/bidi";
  const setting = `<b:Schema name="${name}"><b:BIDI_INT>3</b:BIDI_INT></b:Schema>`;
  return `<b:Notification xmlns:b="${bidi}" printerName="HP4">${setting}</b:Notification>`;
}
