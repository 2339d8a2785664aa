import { hash, verify } from '@node-rs/argon2';
import { refuseField } from './app-error.ts';

/** OWASP's first choice for argon2id (Password Storage Cheat Sheet, 2025): 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The commonest passwords of ten characters and more, without case: the head of the published lists. */
const COMMON = new Set(
  `1234567890 12345678910 123456789a 1234567891 0123456789 0987654321 9876543210 1111111111 0000000000 1122334455
  1q2w3e4r5t 1qaz2wsx3edc q1w2e3r4t5 qwertyuiop qwerty12345 qwerty123456 qwerty1234 qwertyuiop123 asdfghjkl123 asdfghjkl;
  zxcvbnm123 abcdefghij abcdefghijk abcd123456 abc1234567 abcdef1234 a123456789 aa12345678 password123 password1234
  password12 password12345 password123456 passw0rd123 password123! p@ssw0rd123 p@ssword123 mypassword mypassword1
  iloveyou123 iloveyou12 iloveyou1234 ilovemyself letmein123 letmein1234 welcome123 welcome1234 welcome123! administrator
  admin12345 admin123456 adminadmin administrator1 changeme123 changeme1234 football123 baseball123 basketball
  basketball1 sunshine123 princess123 superman123 spiderman123 starwars123 dragon12345 monkey12345 master12345
  michael123 jordan23jordan liverpool1 liverpool123 manchester chelsea123 barcelona1 realmadrid trustno1trustno1
  bitcoin123 bitcoin1234 ethereum123 cryptocurrency tradingbot autobottrader autobottrader1 satoshinakamoto qazwsxedcrfv
  qazwsxedc123 1q2w3e4r5t6y 1q2w3e4r5t6y7u8i 123qweasdzxc 123123123123 1234512345 6789067890 testtest123 test123456
  test1234567 secret1234 secret12345 computer123 internet123 whatever123 freedom123 hello12345 helloworld helloworld1`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

let dummyHash: Promise<string> | undefined;

/** Throws 422 for a password that is easily guessed. Its length is the schema's business. */
export function requireStrongPassword(password: string, email: string): void {
  const lower = password.toLowerCase();
  const isOneCharacter = new Set(lower).size < 3;
  if (lower === email.toLowerCase())
    throw refuseField('password', 'Choose a password other than your e-mail.');
  if (isOneCharacter || COMMON.has(lower))
    throw refuseField('password', 'That password is among the first that a guesser tries. Choose another.');
}

/** Returns the argon2id hash of a password. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

/**
 * Returns whether the password belongs to the hash. Without a hash (an unknown e-mail) the work is done all the same, so
 * that the time of the answer does not tell which e-mails have an account.
 */
export async function verifyPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  dummyHash ??= hashPassword('no account has this hash');
  const isMatch = await verify(passwordHash ?? (await dummyHash), password);
  return isMatch && passwordHash !== undefined;
}
