/** A task of an import: where its plan is, and no personal data. */
export type ImportMessage =
  | { readonly kind: "chunk"; readonly bucket: string; readonly import: string; readonly chunk: number }
  /** Every chunk is done. */
  | { readonly kind: "finish"; readonly bucket: string; readonly import: string };

/** The preview of a file is to be carried out. It waits where notifications of uploaded files do. */
export interface ApplyMessage {
  readonly kind: "apply";
  readonly bucket: string;
  /** The import that is the preview. */
  readonly import: string;
}

/** Where notifications of uploaded files wait. */
export interface UploadQueue {
  /** Resolves only when the message is safely kept. Throws `unavailable` otherwise. */
  send(message: ApplyMessage): Promise<void>;
}

/** Where chunks of imports wait, and imports that only have to be finished. Messages may be delivered twice and in any order. */
export interface ImportQueue {
  /** Resolves only when every message is safely kept. Throws `unavailable` otherwise. */
  send(messages: readonly ImportMessage[]): Promise<void>;
}
