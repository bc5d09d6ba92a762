const commonWords = new Set(
  'a about after all also an and any are as at be because been but by can could did do does for from had has have he her his how if in into is it its just like may more most my no not of on one only or other our out over she so some such than that the their them then there these they this to up us was we were what when which who will with would you your'.split(
    ' ',
  ),
);

/**
 * Picks the sentences that say most of what a text says, in the text's order.
 *
 * A sentence counts as much as its words do on average, and a word as often as
 * it is used; common words count nothing.
 */
export function summarize(text: string, mostSentences = 3): string {
  const sentences = splitSentences(text);
  const weights = weighWords(text);
  return sentences
    .map((sentence, position) => ({
      sentence,
      position,
      score: scoreSentence(sentence, weights),
    }))
    .sort((a, b) => b.score - a.score || a.position - b.position)
    .slice(0, mostSentences)
    .sort((a, b) => a.position - b.position)
    .map(({ sentence }) => sentence)
    .join(' ');
}

function splitSentences(text: string): string[] {
  const segments = new Intl.Segmenter('en', { granularity: 'sentence' });
  return [...segments.segment(text.replaceAll(/\s+/g, ' ').trim())]
    .map(({ segment }) => segment.trim())
    .filter(Boolean);
}

function words(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter(
    word => !commonWords.has(word),
  );
}

function weighWords(text: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const word of words(text)) {
    weights.set(word, (weights.get(word) ?? 0) + 1);
  }
  return weights;
}

function scoreSentence(sentence: string, weights: Map<string, number>): number {
  const used = words(sentence);
  const sum = used.reduce((total, word) => total + (weights.get(word) ?? 0), 0);
  // A heading of one word would win by its average alone.
  return sum / Math.max(used.length, 4);
}
