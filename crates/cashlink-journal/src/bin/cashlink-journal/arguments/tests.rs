use super::*;

#[test]
fn the_options_are_consistent() {
    Program::command().debug_assert();
}

fn refused(line: &[&str]) -> String {
    let read = Program::understood([&["cashlink-journal"], line].concat());
    read.err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn t11_t12_no_value_that_is_refused_is_repeated() {
    for (line, said) in [
        (&["postgres://me:canary@localhost/db", "list"][..], "neither an option nor a command"),
        (&["list", "postgres://me:canary@localhost/db"], "neither an option nor a command"),
        (&["list", "--postgress=canary"], "there is no option --postgress"),
        (&["show", "canary"], "(not shown)"),
        (&["list", "--state", "canary"], "must be one of pending, claimed"),
        (&["list", "--account", "can ary"], "(not shown)"),
        (&["list", "--limit", "canary"], "(not shown)"),
        (&["list", "--json=canary"], "(not shown)"),
        (&["prune", "--older-than", "canary"], "such as 90d"),
        (&["settle", "1", "--by", "canary", "--note", "canary"], "--done|--rejected"),
        (
            &["settle", "1", "--done", "--rejected", "--by", "canary", "--note", "canary"],
            "cannot be used with",
        ),
        (&["--sqlite", "canary", "--postgres", "canary", "list"], "cannot be used with"),
    ] {
        let refused = refused(line);
        assert!(refused.contains(said) && !refused.contains("canary"), "{line:?}: {refused}");
    }
}

#[test]
fn where_the_journal_is_may_be_said_before_and_behind_the_command() {
    for line in ["--sqlite a.db list --state done,dead", "list --sqlite a.db --state done --state dead"] {
        let line = std::iter::once("cashlink-journal").chain(line.split(' '));
        let program = Program::understood(line).unwrap_or_else(|error| panic!("{error}"));
        let Command::List { which, .. } = program.command else { panic!("another command") };
        assert_eq!(which.filter(None).states, [State::Done, State::Dead]);
        assert_eq!(program.database.sqlite, Some(PathBuf::from("a.db")));
    }
}
