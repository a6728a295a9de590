//! The program's commands as documents give them: every fenced block of `sh`.

/// The arguments of each call of the program in the `sh` blocks of a document in Markdown, and what stands before it in the
/// same line of commands: `ffmpeg ... |`.
pub fn commands_of(document: &str) -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    let mut lines = document.lines();
    while lines.any(|line| line.trim() == "```sh") {
        let block: Vec<_> = lines.by_ref().take_while(|line| line.trim() != "```").collect();
        commands.extend(calls(&block.join("\n")));
    }
    commands
}

/// The arguments of each call of the program in lines of a shell.
pub fn calls(script: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for words in commands(script) {
        let set = words.iter().take_while(|word| word.contains('=')).count();
        let command: Vec<_> = words[set..].iter().map(String::as_str).collect();
        let program = match command.as_slice() {
            ["framewise", ..] => Some(0),
            ["nice" | "chrt", ..] => command.iter().position(|word| *word == "framewise"),
            ["cargo", "run", ..] => command.iter().position(|word| *word == "--"),
            _ => None,
        };
        found.extend(program.map(|at| words[set + at + 1..].to_vec()));
    }
    found
}

/// The words of each simple command: what stands between pipes, `&`, `&&`, `;` and ends of lines. Redirections are left out.
fn commands(script: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut characters = script.chars().peekable();
    // The file of a redirection is no argument.
    let mut redirected = false;
    let end = |word: &mut Option<String>, redirected: &mut bool, commands: &mut Vec<Vec<String>>| {
        if let Some(word) = word.take()
            && !std::mem::take(redirected)
        {
            commands.last_mut().expect("one").push(word);
        }
    };
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some('\n') | None => {}
                Some(c) => word.get_or_insert_default().push(c),
            },
            '\'' => word.get_or_insert_default().extend(characters.by_ref().take_while(|c| *c != '\'')),
            '"' => {
                let quoted: String = characters.by_ref().take_while(|c| *c != '"').collect();
                word.get_or_insert_default().push_str(&quoted);
            }
            '#' if word.is_none() => while characters.next_if(|c| *c != '\n').is_some() {},
            ' ' | '\t' => end(&mut word, &mut redirected, &mut commands),
            '|' | '&' | ';' | '\n' => {
                end(&mut word, &mut redirected, &mut commands);
                commands.push(Vec::new());
            }
            '<' | '>' => {
                end(&mut word, &mut redirected, &mut commands);
                redirected = true;
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    end(&mut word, &mut redirected, &mut commands);
    commands.retain(|words| !words.is_empty());
    commands
}
