import {
  data,
  redirect,
  type ActionFunctionArgs,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node';
import { Form, useActionData, useLoaderData } from '@remix-run/react';
import { Button } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { CopyText } from '../components/copy-text.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Field } from '../components/field.tsx';
import { parseInput } from '../components/form-values.ts';
import { countOf } from '../components/format.ts';
import { InvitationTable } from '../components/invitation-table.tsx';
import { Notice } from '../components/notice.tsx';
import { Page } from '../components/page.tsx';
import { Refused } from '../components/refused.tsx';
import { PeopleTable } from '../components/people-table.tsx';
import { readForm, refuse, settle } from '../page.server.ts';
import { invitationInput } from '../schemas/accounts.ts';
import { listUsers } from '../services/accounts.server.ts';
import { attempt } from '../services/app-error.ts';
import { createInvitation, listInvitations, revokeInvitation } from '../services/invitations.server.ts';
import { requireAdmin } from '../services/sessions.server.ts';

export const meta: MetaFunction = () => [{ title: 'People · Auto Bot Trader' }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const admin = await requireAdmin(request, context);
  return {
    people: await listUsers(context.deps),
    invitations: await listInvitations(context.deps, admin.id),
    registration: context.settings.registration,
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const admin = await requireAdmin(request, context);
  const { all } = await readForm(request);
  if (all['intent'] === 'revoke') {
    await settle(revokeInvitation(context.deps, admin.id, all['invitation_id'] ?? ''));
    return redirect('/admin/users');
  }
  const parsed = parseInput(invitationInput, all);
  if (!parsed.ok) return refuse(parsed, all);
  const created = await attempt(createInvitation(context.deps, admin.id, parsed.value));
  if (!created.ok) return refuse(created.refusal, all);
  const origin = context.settings.origin ?? new URL(request.url).origin;
  return data({ link: `${origin}/signup?invite=${encodeURIComponent(created.value.code)}` });
}

export default function PeoplePage() {
  const { people, invitations, registration } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  return (
    <Page title="People" narrow>
      <Refused refusal={answer && 'message' in answer ? answer : null} />
      {answer && 'link' in answer && (
        <Notice kind="done" title="The invitation is ready. Its link is shown once, here.">
          <div className="mt-2">
            <CopyText label="Invitation link" text={answer.link} />
          </div>
        </Notice>
      )}
      {registration === 'closed' && (
        <Notice kind="warn" title="New accounts are switched off (REGISTRATION=closed).">
          Invitations made now cannot be used before that is changed.
        </Notice>
      )}
      <Card title="Accounts" flush aside={countOf(people.length, 'person', 'people')}>
        <PeopleTable people={people} />
      </Card>
      <Card title="Invite somebody">
        <Form method="post" className="flex flex-wrap items-end gap-3">
          <div className="min-w-56 flex-1">
            <Field
              label="For whom"
              name="note"
              placeholder="Ada, desk 2"
              maxLength={200}
              autoComplete="off"
            />
          </div>
          <Button tone="primary" name="intent" value="invite">
            Create invitation
          </Button>
        </Form>
      </Card>
      <Card title="Invitations" flush>
        {invitations.length > 0 ? (
          <InvitationTable invitations={invitations} />
        ) : (
          <EmptyState title="No invitations yet">
            Whoever opens an invitation’s link can create one account. You see here whether it was used.
          </EmptyState>
        )}
      </Card>
    </Page>
  );
}
