/** A rule of [MS-PAN] for clients. */
export interface Rule {
  readonly section: string;
  readonly force: string;
  readonly rule: string;
  readonly proof: string;
}
export function rules(): Rule[];
export function page(): Promise<string>;
