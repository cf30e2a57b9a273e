import { useQuery } from '@tanstack/react-query'
import { roleLabel } from '../../../api/permission'
import { type Me, meQuery } from '../../../api/session'
import { Facts } from '../../../ui/facts'
import { Loaded } from '../../../ui/states'
import { Section } from '../section'
import { BrowserChoices } from './browser-choices'
import { PasswordForm } from './password-form'
import { Sessions } from './sessions'

/** What somebody sets for themselves. */
export function ProfileTab() {
  const query = useQuery(meQuery)
  return <Loaded query={query}>{(me) => <Profile me={me} />}</Loaded>
}

function Profile({ me }: { me: Me }) {
  const isUser = me.kind === 'user'
  return (
    <div className="stack">
      <Facts
        items={[
          [isUser ? 'Signed in as' : 'API token', me.name],
          ['Role', me.role && roleLabel(me.role)],
        ]}
      />
      <Section title="In this browser">
        <BrowserChoices />
      </Section>
      {isUser && (
        <>
          <Section title="Password">
            <PasswordForm email={me.name} />
          </Section>
          <Section title="Where you are signed in">
            <Sessions />
          </Section>
        </>
      )}
    </div>
  )
}
