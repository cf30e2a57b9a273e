import { useState } from 'react'
import { PASSWORD_CHARACTERS_MIN } from '../../api/user'
import { Checkbox } from '../../ui/choice'
import { Field } from '../../ui/field'
import { PasswordInput } from '../../ui/input'
import { generatePassword } from './generate'

export interface PasswordChoice {
  /** Made here and to be shown once, or typed. */
  isGenerated: boolean
  password: string
}

/** A password for somebody else: made here unless it is typed. */
export function usePasswordChoice(): [PasswordChoice, (choice: PasswordChoice) => void] {
  return useState<PasswordChoice>(newChoice)
}

export function newChoice(): PasswordChoice {
  return { isGenerated: true, password: generatePassword() }
}

/** Returns what is wrong with a password, or undefined. */
export function passwordProblem(password: string): string | undefined {
  return [...password].length < PASSWORD_CHARACTERS_MIN ? `Use at least ${PASSWORD_CHARACTERS_MIN} characters.` : undefined
}

interface PasswordChoiceProps {
  choice: PasswordChoice
  isSent: boolean
  onChange: (choice: PasswordChoice) => void
}

export function PasswordChoiceFields({ choice, isSent, onChange }: PasswordChoiceProps) {
  return (
    <>
      <Checkbox
        label="Make a password that nobody guesses, and show it once"
        isChosen={choice.isGenerated}
        onChange={(isGenerated) => onChange(isGenerated ? newChoice() : { isGenerated, password: '' })}
      />
      {!choice.isGenerated && (
        <Field
          label="Password"
          hint={`${PASSWORD_CHARACTERS_MIN} characters or more. Long phrases are fine.`}
          error={isSent && passwordProblem(choice.password)}
        >
          {(control) => (
            <PasswordInput
              {...control}
              autoComplete="new-password"
              value={choice.password}
              onChange={(password) => onChange({ isGenerated: false, password })}
            />
          )}
        </Field>
      )}
    </>
  )
}
