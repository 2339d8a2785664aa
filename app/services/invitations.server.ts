import type { Deps } from '../../jobs/deps.ts';
import type { InvitationView } from '../schemas/views.ts';

/** The code is shown once and cannot be read again. */
export declare function createInvitation(
  deps: Deps,
  adminId: string,
  input: { note?: string | undefined },
): Promise<{ invitation: InvitationView; code: string }>;
export declare function listInvitations(deps: Deps, adminId: string): Promise<InvitationView[]>;
export declare function revokeInvitation(deps: Deps, adminId: string, invitationId: string): Promise<void>;
