# Completion for bash. Verbs are known here; options and their words are read from --help, so that
# they are never older than the program.
_cardwatch()
{
    local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]-} words='' call
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        words='engine rules due replay collect view case explain open soon pending status quarantine'
        words+=' keys backup verify config help'
    elif [[ $word == -* ]]; then
        call=("${COMP_WORDS[@]:0:2}")
        case $verb in
        rules | collect | view)
            [ "$COMP_CWORD" -lt 3 ] || [[ ${COMP_WORDS[2]} == -* ]] || call+=("${COMP_WORDS[2]}")
            ;;
        esac
        words=$("${call[@]}" --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]*' | sort -u)
    elif [ "$COMP_CWORD" -eq 2 ]; then
        case $verb in
        rules)
            words='check import list show history diff rollback export preview backtest'
            words+=' promote remove approval drafts approve reject'
            ;;
        collect) words='csv jsonl xes sim' ;;
        view) words='tail top web notify' ;;
        config) words='check' ;;
        keys) words='new show' ;;
        esac
    fi
    if [ -n "$words" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -o filenames -F _cardwatch cardwatch
