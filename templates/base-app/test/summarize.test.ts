import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { summarize } from '../src/actions/summarize.js';

const text = `Forks are copies. A fork of an application has a repository of its own.
The repository of a fork keeps the history of the application. It rained on Tuesday.
When the application changes, a fork can take the change from its repository. Lunch was late.`;

describe('summarize', () => {
  it('picks the sentences about the subject, in their order', () => {
    assert.equal(
      summarize(text),
      'A fork of an application has a repository of its own. The repository of a fork keeps the history of the application. When the application changes, a fork can take the change from its repository.',
    );
  });

  it('gives the same answer every time', () => {
    assert.equal(summarize(text), summarize(text));
  });

  it('only ever says what the text says', () => {
    const inOneLine = text.replaceAll(/\s+/g, ' ');
    for (const sentence of summarize(text, 6).split(/(?<=\.) /)) {
      assert.ok(inOneLine.includes(sentence), sentence);
    }
  });

  it('leaves a short text as it is, in any script', () => {
    assert.equal(summarize('Kurz.'), 'Kurz.');
    assert.equal(summarize('これは短い文です。'), 'これは短い文です。');
    assert.equal(summarize(' \n '), '');
  });
});
