import TextField from '@mui/material/TextField';

/** Takes what a person wants to say to an action; it is kept with it. */
export function CommentField(props: {
  label: string;
  value: string;
  required?: boolean;
  onChange: (value: string) => void;
}) {
  return (
    <TextField
      label={props.label}
      value={props.value}
      required={props.required}
      multiline
      minRows={2}
      size="small"
      fullWidth
      inputProps={{ maxLength: 1_000 }}
      onChange={event => props.onChange(event.target.value)}
    />
  );
}
