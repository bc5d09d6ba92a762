import { decodeImage } from '../images/decodeImage.js';
import type { ModelSettings } from '../settings.js';
import type {
  ActionProvider,
  ActionRequest,
  ActionResult,
} from './ActionProvider.js';

/**
 * Asks a model over the OpenAI chat protocol, which most model servers speak.
 * What needs no model, the palette, is left to another provider.
 */
export class ModelActionProvider implements ActionProvider {
  readonly name: string;
  readonly #model: ModelSettings;
  readonly #local: ActionProvider;

  constructor(options: { model: ModelSettings; local: ActionProvider }) {
    this.name = options.model.name;
    this.#model = options.model;
    this.#local = options.local;
  }

  async run(
    request: ActionRequest,
    signal: AbortSignal,
  ): Promise<ActionResult> {
    switch (request.action) {
      case 'summary':
        return {
          action: 'summary',
          summary: await this.#ask(
            [
              {
                type: 'text',
                text: `Summarize this text in at most three sentences:\n\n${request.text}`,
              },
            ],
            signal,
          ),
        };
      case 'caption':
        return {
          action: 'caption',
          caption: await this.#ask(
            [
              { type: 'text', text: 'Describe this image in one sentence.' },
              {
                type: 'image_url',
                image_url: { url: toDataUrl(request.image) },
              },
            ],
            signal,
          ),
        };
      default:
        return this.#local.run(request, signal);
    }
  }

  async #ask(content: unknown[], signal: AbortSignal): Promise<string> {
    const { url, name, apiKey } = this.#model;
    const response = await fetch(`${url.replace(/\/$/, '')}/chat/completions`, {
      method: 'POST',
      signal,
      headers: {
        'content-type': 'application/json',
        ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
      },
      body: JSON.stringify({
        model: name,
        max_tokens: 300,
        messages: [{ role: 'user', content }],
      }),
    });
    if (!response.ok) {
      throw new Error(`The model service answered ${response.status}`);
    }
    const body = (await response.json()) as {
      choices?: Array<{ message?: { content?: string } }>;
    };
    const answer = body.choices?.[0]?.message?.content?.trim();
    if (!answer) {
      throw new Error('The model service gave no answer');
    }
    return answer;
  }
}

function toDataUrl(image: Uint8Array): string {
  // Decoding refuses what is no image before it costs anything.
  decodeImage(image);
  const type = image[0] === 0x89 ? 'image/png' : 'image/jpeg';
  return `data:${type};base64,${Buffer.from(image).toString('base64')}`;
}
