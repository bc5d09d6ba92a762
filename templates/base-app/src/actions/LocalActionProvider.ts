import { decodeImage } from '../images/decodeImage.js';
import { describeImage } from '../images/describeImage.js';
import { findPalette } from '../images/findPalette.js';
import type {
  ActionProvider,
  ActionRequest,
  ActionResult,
} from './ActionProvider.js';
import { summarize } from './summarize.js';

/**
 * Computes the answers in this process: the same input always gives the same
 * answer, nothing leaves the machine, and nothing has to be paid for.
 */
export class LocalActionProvider implements ActionProvider {
  readonly name = 'local';

  async run(request: ActionRequest): Promise<ActionResult> {
    switch (request.action) {
      case 'summary':
        return { action: 'summary', summary: summarize(request.text) };
      case 'palette':
        return {
          action: 'palette',
          colors: findPalette(decodeImage(request.image)),
        };
      case 'caption':
        return {
          action: 'caption',
          caption: describeImage(decodeImage(request.image)),
        };
    }
  }
}
