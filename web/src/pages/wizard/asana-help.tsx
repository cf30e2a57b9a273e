/** Where Asana's screens have what the form asks for, in their order. */
export function AsanaHelp() {
  return (
    <aside className="help" aria-labelledby="help-title">
      <h2 id="help-title">Where to find these</h2>
      <ol>
        <li>
          <a href="https://app.asana.com/-/login" target="_blank" rel="noreferrer">
            Sign in to Asana
          </a>{' '}
          as an administrator.
        </li>
        <li>
          Click your profile picture, then <strong>Admin Console</strong>, then <strong>Settings</strong>. At the bottom of the page is the{' '}
          <strong>Domain ID</strong>: that is the Organization Id.
        </li>
        <li>
          In the Admin Console, click <strong>Apps</strong>, then <strong>Service accounts</strong> and <strong>Add Service Account</strong>. Name it,
          for example “audit export”.
        </li>
        <li>
          Permissions: choose scoped permissions and tick <strong>Audit logs</strong>.
        </li>
        <li>
          Copy the token first, then click <strong>Save changes</strong>.
        </li>
      </ol>
      <p className="quiet">Not a personal access token: those cannot read audit logs.</p>
    </aside>
  )
}
