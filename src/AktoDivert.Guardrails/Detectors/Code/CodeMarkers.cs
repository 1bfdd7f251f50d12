namespace AktoDivert.Guardrails.Detectors.Code;

/// <summary>What lines of code have and prose has not, by language.</summary>
internal static class CodeMarkers
{
    /// <summary>Language, text, weight, and whether it stands only at the start of a line.</summary>
    public static IReadOnlyList<(string Language, string Text, double Weight, bool LineStart)> All { get; } =
    [
        .. Of("python", "def |2^", "elif |2^", "async def |2.5^", "import |0.8^", "self.|1", "__name__|2.5", "__init__|2.5", "print(|1", "lambda |1", "except |0.5^", "return |0.3^", " None|0.5", "):\n|1"),
        .. Of("javascript", "const |1^", "let |0.6^", "=> {|1.5", "function |0.8^", "console.log(|2.5", "require(|1.5", "export default |2.5^", "=== |1", "document.getElement|2.5", "async function|2", "module.exports|2.5", "});|1"),
        .. Of("typescript", ": string|1.2", ": number|1.2", "interface |1^", "export interface |2.5^", "export const |1.5^", "import {|1.2^", ": Promise<|2", "as const|1.5", "private readonly |1.5"),
        .. Of("java", "public class |1.5^", "public static void main|3", "System.out.print|3", "import java|3^", "private final |2", "@Override|2.5^", "throws |0.5", "new ArrayList|2", "public void |1"),
        .. Of("csharp", "using System|3^", "namespace |1.5^", "Console.Write|3", "public sealed class |2.5", "{ get; |3", "string.IsNullOr|2.5", "async Task|2", "public static class |1.5", "var |0.5^", "?? throw |2"),
        .. Of("go", "package main|3^", "func |2^", " := |1.2", "fmt.|1.5", "if err != nil|3", "import (|2^", "chan |1", "go func(|2.5", "defer |1^"),
        .. Of("rust", "fn |2^", "let mut |3", "impl |1.5^", "println!(|3", "pub fn |2.5", "-> Result<|2.5", "use std::|3^", "#[derive(|3^", "match |0.5^", ".unwrap()|2"),
        .. Of("c", "#include <|3^", "int main(|2.5", "printf(|1", "malloc(|2", "sizeof(|1.5", "#define |1.5^", "struct |0.5^", "void |0.5^", "->|0.4"),
        .. Of("cpp", "std::|2", "cout <<|3", "nullptr|2", "template <|2.5^", "template<|2.5^", "using namespace |3^", "class |0.3^"),
        .. Of("php", "<?php|4", "$this->|3", "echo $|2.5", "function __construct|3", "=> '|0.7"),
        .. Of("ruby", "puts |1.5^", "require '|2^", ".each do ||3", "attr_accessor|3", "end\n|0.5^", "def initialize|2.5", "unless |0.5^"),
        .. Of("shell", "#!/bin/|3.5^", "#!/usr/bin/env |3.5^", "echo \"|1.5", "sudo |1^", "fi\n|2^", "done\n|2^", "then\n|1", "export |1^", "$(|1", "apt-get |1.5", "if [ |2^"),
        .. Of("sql", "SELECT |1.5^", "select |0.6^", " FROM |1", "INSERT INTO |2.5", "CREATE TABLE |3", " WHERE |1", "LEFT JOIN |2", "GROUP BY |1.5", "ORDER BY |1.5", "ALTER TABLE |2.5", "VARCHAR(|2"),
        .. Of("html", "<!DOCTYPE html|4", "<div|1.5", "</div>|1.5", "<script|2", "<html|2", "</body>|2", "<span|1", "class=\"|1"),
        .. Of("kotlin", "fun |2^", "val |1^", "data class |2.5^", "companion object|3", "println(|0.7", "override fun |2.5"),
        .. Of("swift", "import Foundation|3.5^", "import UIKit|3.5^", "import SwiftUI|3.5^", "guard let |3", "if let |1.5", "@State |2.5", "func |0.8^"),
        .. Of("powershell", "Write-Host|3", "Get-ChildItem|3", "$_.|2", "param(|1.5^", "-ErrorAction |3", "New-Object |2.5"),
        .. Of("dockerfile", "FROM |1^", "RUN |1.5^", "ENTRYPOINT |2^", "WORKDIR |2^", "COPY |1^", "EXPOSE |1.5^"),
    ];

    private static IEnumerable<(string, string, double, bool)> Of(string language, params string[] markers)
    {
        foreach (var marker in markers)
        {
            var bar = marker.LastIndexOf('|');
            var weight = marker[(bar + 1)..];
            yield return (language, marker[..bar], double.Parse(weight.TrimEnd('^'), System.Globalization.CultureInfo.InvariantCulture), weight.EndsWith('^'));
        }
    }
}
