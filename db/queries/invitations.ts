import { and, desc, eq, gt, isNull } from 'drizzle-orm';
import type { Db } from '../client.ts';
import { invitations, users } from '../schema/users.ts';

export type Invitation = {
  id: string;
  note: string;
  createdAtMs: number;
  expiresAtMs: number;
  usedAtMs: number | null;
  usedByEmail: string | null;
};

type Row = typeof invitations.$inferSelect;

const toInvitation = (row: Row, usedByEmail: string | null): Invitation => ({
  id: row.id,
  note: row.note,
  createdAtMs: row.createdAt.getTime(),
  expiresAtMs: row.expiresAt.getTime(),
  usedAtMs: row.usedAt?.getTime() ?? null,
  usedByEmail,
});

export async function insertInvitation(
  db: Db,
  invitation: { codeHash: string; createdBy: string; note: string; createdAt: Date; expiresAt: Date },
): Promise<Invitation> {
  const [row] = await db.insert(invitations).values(invitation).returning();
  if (!row) throw new Error('The insert of an invitation returned no row.');
  return toInvitation(row, null);
}

/** Returns the invitations that this user made, newest first. */
export async function listInvitations(db: Db, createdBy: string): Promise<Invitation[]> {
  const rows = await db
    .select({ invitation: invitations, email: users.email })
    .from(invitations)
    .leftJoin(users, eq(users.id, invitations.usedBy))
    .where(eq(invitations.createdBy, createdBy))
    .orderBy(desc(invitations.createdAt));
  return rows.map((row) => toInvitation(row.invitation, row.email));
}

/** Uses up the unexpired, unused invitation of that hash; returns its id, or `undefined` where there is none. */
export async function consumeInvitation(db: Db, codeHash: string, now: Date): Promise<string | undefined> {
  const [row] = await db
    .update(invitations)
    .set({ usedAt: now })
    .where(
      and(eq(invitations.codeHash, codeHash), isNull(invitations.usedAt), gt(invitations.expiresAt, now)),
    )
    .returning({ id: invitations.id });
  return row?.id;
}

export async function setInvitationUser(db: Db, invitationId: string, userId: string): Promise<void> {
  await db.update(invitations).set({ usedBy: userId }).where(eq(invitations.id, invitationId));
}

/** Deletes an invitation that nobody used yet; returns whether there was one. */
export async function deleteInvitation(db: Db, createdBy: string, invitationId: string): Promise<boolean> {
  const rows = await db
    .delete(invitations)
    .where(
      and(eq(invitations.createdBy, createdBy), eq(invitations.id, invitationId), isNull(invitations.usedAt)),
    )
    .returning({ id: invitations.id });
  return rows.length > 0;
}
