import { createMailRenderer } from './mailTexts';
import { renderSlackBlocks } from './slackTexts';

const description =
  'Rejected: <a href="https://evil.test">Sign in</a> <img src=x> & more';

describe('texts of notifications', () => {
  const mailOf = (payload: { description?: string; link?: string }) => {
    const renderer = createMailRenderer('https://portal.test/');
    const notification = {
      id: '1',
      user: 'user:default/ana',
      created: new Date(0),
      origin: 'plugin:deployments',
      payload: { title: 'Failed', ...payload },
    };
    return Promise.all([
      renderer.getHtml?.(notification),
      renderer.getText?.(notification),
    ]);
  };

  it('stand in mails as they are, without becoming HTML', async () => {
    const link = '/catalog/default/component/shop?a=1&b=2';
    expect(await mailOf({ description, link })).toEqual([
      '<p>Rejected: &lt;a href=&quot;https://evil.test&quot;&gt;Sign in&lt;/a&gt; &lt;img src=x&gt; &amp; more<br/><a href="https://portal.test/catalog/default/component/shop?a=1&amp;b=2">https://portal.test/catalog/default/component/shop?a=1&amp;b=2</a></p>',
      `${description}\n\nhttps://portal.test${link}`,
    ]);
  });

  it.each([
    [undefined, 'https://portal.test/notifications'],
    ['data:text/html,x', 'https://portal.test/notifications'],
    ['https://elsewhere.test/"x', 'https://elsewhere.test/&quot;x'],
  ])('lead from mails with the link %s to %s', async (link, href) => {
    const [html] = await mailOf({ link });
    expect(html).toBe(`<p><a href="${href}">${href}</a></p>`);
  });

  it('stand in Slack as plain text, which calls nobody, and bounded', () => {
    const text = '<!channel> <https://evil.test|Sign in>';
    const blocks = renderSlackBlocks({ title: 'Failed', description: text });
    expect(blocks[0]).toEqual({
      type: 'section',
      text: { type: 'plain_text', text, emoji: false },
    });
    const [long] = renderSlackBlocks({
      title: 'Failed',
      description: 'x'.repeat(4000),
      link: 'https://portal.test/page',
    });
    expect(long).toMatchObject({
      text: { text: 'x'.repeat(3000) },
      accessory: { type: 'button', url: 'https://portal.test/page' },
    });
  });
});
