import { Fragment } from 'react'
import { sentence } from '../format'

interface ProseProps {
  text: string
}

/** A text of the server for people: what stands between backticks is code, and a hint has a line of its own. */
export function Prose({ text }: ProseProps) {
  const [said = '', ...hints] = text.split('\nhint: ')
  return (
    <>
      <Coded text={hints.length > 0 ? sentence(said) : said} />
      {hints.map((hint, index) => (
        <Fragment key={index}>
          <br />
          <Coded text={sentence(hint)} />
        </Fragment>
      ))}
    </>
  )
}

function Coded({ text }: ProseProps) {
  // Splitting by a pattern with a group leaves what matched the group at the odd places.
  return <>{text.split(/`([^`\n]+)`/).map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>
}
