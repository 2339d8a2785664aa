import {
  deleteInvitation,
  insertInvitation,
  listInvitations as listStored,
  type Invitation,
} from '../../db/queries/invitations.ts';
import type { Deps } from '../../jobs/deps.ts';
import type { InvitationView } from '../schemas/views.ts';
import { notFound, requireId } from './ids.ts';
import { createOpaqueToken, hashOpaqueToken } from './opaque-token.server.ts';

const VALID_DAYS = 7;
const DAY_MS = 86_400_000;

function toView(invitation: Invitation, nowMs: number): InvitationView {
  const { id, note, createdAtMs, expiresAtMs, usedAtMs, usedByEmail } = invitation;
  const unused = expiresAtMs > nowMs ? 'open' : 'expired';
  return {
    id,
    note,
    createdAt: new Date(createdAtMs).toISOString(),
    expiresAt: new Date(expiresAtMs).toISOString(),
    usedAt: usedAtMs === null ? null : new Date(usedAtMs).toISOString(),
    usedByEmail,
    status: usedAtMs === null ? unused : 'used',
  };
}

/** Makes an invitation for one person, valid for 7 days. The code is shown this once and cannot be read again. */
export async function createInvitation(
  deps: Deps,
  adminId: string,
  input: { note?: string | undefined },
): Promise<{ invitation: InvitationView; code: string }> {
  const code = createOpaqueToken();
  const nowMs = deps.clock.now();
  const invitation = await insertInvitation(deps.db, {
    codeHash: hashOpaqueToken(code),
    createdBy: adminId,
    note: input.note ?? '',
    createdAt: new Date(nowMs),
    expiresAt: new Date(nowMs + VALID_DAYS * DAY_MS),
  });
  return { invitation: toView(invitation, nowMs), code };
}

/** Returns the invitations that this admin made, newest first. */
export async function listInvitations(deps: Deps, adminId: string): Promise<InvitationView[]> {
  const nowMs = deps.clock.now();
  const invitations = await listStored(deps.db, adminId);
  return invitations.map((invitation) => toView(invitation, nowMs));
}

/** Takes an unused invitation back. Throws 404 where there is none (any more). */
export async function revokeInvitation(deps: Deps, adminId: string, invitationId: string): Promise<void> {
  const isGone = await deleteInvitation(deps.db, adminId, requireId(invitationId, 'invitation'));
  if (!isGone) throw notFound('invitation');
}
