import { z } from 'zod';
import { flag, line, orLeftOut } from './text.ts';

const label = orLeftOut(line(60, 'Choose a label of at most 60 characters.'));
/** Tick boxes by topic; what is not ticked is not sent. */
const topics = z.record(z.string(), flag).optional();

const isWebAddress = (text: string) => {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
};

export const addChannelInput = z.discriminatedUnion(
  'kind',
  [
    z.object({
      kind: z.literal('email'),
      label,
      topic: topics,
      address: line(254).pipe(z.email('Give an e-mail address, such as you@example.org.')),
    }),
    z.object({
      kind: z.literal('telegram'),
      label,
      topic: topics,
      bot_token: line(200).regex(
        /^\d{5,20}:[\w-]{20,100}$/,
        'Give the token as BotFather shows it: 123456789:AA…',
      ),
      chat_id: line(50).regex(
        /^(-?\d{1,20}|@\w{5,32})$/,
        'Give the chat’s number, or the name of a public channel such as @my_channel.',
      ),
    }),
    z.object({
      kind: z.literal('webhook'),
      label,
      topic: topics,
      url: line(2_000).refine(
        isWebAddress,
        'Give an address that starts with https:// or http://, without user and password in it.',
      ),
    }),
  ],
  'Choose e-mail, Telegram or webhook.',
);

export const updateChannelInput = z.object({
  channel_id: z.string(),
  topic: topics,
  is_on: flag.optional(),
});

export type AddChannelInput = z.infer<typeof addChannelInput>;
export type UpdateChannelInput = z.infer<typeof updateChannelInput>;
