# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What bash completes for visavis and visavis-cli. Options and commands are asked of the programs themselves, so that they are always those that
# there are; so are people and calls.

# What is asked of visavis-cli must not depend on the language, nor wait for anything typed.
_visavis_ask () {
  local cli=${_visavis_program%visavis-cli}
  cli=${cli%visavis}
  [ -n "$cli" ] && [ -x "$cli/cli/visavis-cli" ] && cli=$cli/cli/
  LC_ALL=C "${cli}visavis-cli" ${_visavis_profile:+--profile "$_visavis_profile"} "$@" 2> /dev/null < /dev/null
}

# Offers those of the lines on stdin that go on from what is typed. Some are names that other people gave themselves: they must not become
# a command when the line is run.
_visavis_offer () {
  local line typed=$_visavis_typed
  case $typed in
    [\"\']*) typed=${typed:1} ;;
    *) typed=${typed//\\/} ;;
  esac
  while IFS= read -r line; do
    [[ -n $line && $line == "$typed"* ]] || continue
    case $_visavis_typed in
      \"*) [[ $line == *[\"\$\`\\!]* ]] || COMPREPLY+=("$line") ;;
      \'*) [[ $line == *\'* ]] || COMPREPLY+=("$line") ;;
      *) COMPREPLY+=("$(printf '%q' "$line")") ;;
    esac
  done
}

# An option that takes a value keeps its `=` and no blank after it.
_visavis_options () {
  _visavis_offer < <(LC_ALL=C "$_visavis_program" "$@" 2> /dev/null < /dev/null \
    | sed 's/^\(  --[a-z-]* [A-Z]*\), --/\1\n  --/' | sed -n 's/^  \(-[a-z], \)\{0,1\}\(--[a-z-]*=\{0,1\}\).*/\2/p' | sort -u)
  [[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2> /dev/null
}

_visavis_commands () {
  _visavis_offer < <(_visavis_ask --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
}

# A name with what JSON has to escape is left out: nobody types it.
_visavis_people () {
  _visavis_offer < <(_visavis_ask --json people | sed -n 's/.*"name":"\([^"\\]*\)".*/\1/p')
}

_visavis_calls () {
  _visavis_offer < <(_visavis_ask --json calls | sed -n 's/.*"value":\([0-9]*\).*/\1/p')
}

_visavis_files () {
  local path typed=${_visavis_typed//\\/}
  compopt -o filenames 2> /dev/null
  while IFS= read -r path; do
    COMPREPLY+=("$path")
  done < <(compgen "$@" -- "${typed#[\"\']}")
}

# The value of an option; whether there was something to say about it.
_visavis_value () {
  case $1 in
    --profile | -p | --save) _visavis_files -d ;;
    --media | -m) _visavis_offer < <(printf '%s\n' test auto none); _visavis_files -f ;;
    --file) _visavis_files -f ;;
    --stop | --play) _visavis_offer < <(printf '%s@\n' audio-in audio-out video-in video-out); compopt -o nospace 2> /dev/null ;;
    --data | --bye-data | --identifier | --calls | --hold-close | --on-closing | --duration | --linger | --text | --listen | -l | --stun | --turn | --media-ports | --broker) ;;
    *) return 1 ;;
  esac
}

# Reads the words before the one that is typed: sets the profile, the command and how many words it has already.
_visavis_read () {
  local i word option=''
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [ "$word" = '=' ]; then
      continue
    elif [ -n "$option" ]; then
      case $option in --profile | -p) _visavis_profile=${word//[\"\'\\]/} _visavis_profile=${_visavis_profile/#\~/$HOME} ;; esac
      option=''
    elif [[ $word == -* ]]; then
      case $word in
        --profile | -p | --save | --media | -m | --file | --stop | --play | --data | --bye-data | --identifier | --calls | --hold-close \
          | --on-closing | --duration | --linger | --text | --listen | -l | --stun | --turn | --media-ports | --broker) option=$word ;;
      esac
    elif [ -z "$_visavis_command" ]; then
      _visavis_command=$word
    else
      ((_visavis_words++))
      _visavis_first=${_visavis_first:-$word}
    fi
  done
}

_visavis_argument () {
  case $_visavis_command:$_visavis_words in
    :0) _visavis_commands ;;
    call:0 | dial:0) _visavis_people ;;
    hang-up:0) _visavis_calls ;;
    export:0 | import:0) _visavis_files -f ;;
    people:0) _visavis_offer < <(printf '%s\n' add remove verify block unblock import export) ;;
    people:1)
      case $_visavis_first in
        add) ;;
        import | export) _visavis_files -f ;;
        *) _visavis_people ;;
      esac
      ;;
  esac
}

_visavis () {
  local _visavis_program=${1/#\~/$HOME} _visavis_typed=${COMP_WORDS[COMP_CWORD]} _visavis_profile='' _visavis_command='' _visavis_first=''
  local _visavis_words=0 before=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  # `--media=te` comes as three words
  if [ "$_visavis_typed" = '=' ]; then
    _visavis_typed=''
  elif [ "$before" = '=' ] && ((COMP_CWORD > 1)); then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  _visavis_read
  if _visavis_value "$before"; then
    return
  fi
  case ${_visavis_program##*/}:$_visavis_typed in
    visavis:-*) _visavis_options --help-all ;;
    visavis:*) [ -n "$_visavis_command" ] || _visavis_people ;;
    *:-*) _visavis_options ${_visavis_command:+"$_visavis_command"} --help ;;
    *) _visavis_argument ;;
  esac
}

complete -F _visavis visavis visavis-cli
