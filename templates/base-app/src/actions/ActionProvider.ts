/** What a user can ask for. */
export type ActionRequest =
  | { action: 'summary'; text: string }
  | { action: 'palette' | 'caption'; image: Uint8Array };

export type ActionName = ActionRequest['action'];

export type ActionResult =
  | { action: 'summary'; summary: string }
  | { action: 'caption'; caption: string }
  | { action: 'palette'; colors: PaletteColor[] };

export interface PaletteColor {
  /** For example `#1f6feb`. */
  hex: string;
  /** Part of the image, 0 to 1. */
  share: number;
}

/**
 * Carries an action out.
 *
 * An answer that cannot be given because of the input is a `Problem` with status
 * 400; anything else that is thrown counts as the provider's failure.
 */
export interface ActionProvider {
  readonly name: string;
  run(request: ActionRequest, signal: AbortSignal): Promise<ActionResult>;
}
