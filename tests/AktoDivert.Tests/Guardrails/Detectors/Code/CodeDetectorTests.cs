using AktoDivert.Guardrails.Detectors;

namespace AktoDivert.Tests.Guardrails.Detectors.Code;

[TestClass]
public sealed class CodeDetectorTests
{
    [TestMethod]
    [DataRow("python", "import os\n\ndef main():\n    print(os.getcwd())\n\nif __name__ == '__main__':\n    main()\n")]
    [DataRow("csharp", "using System;\n\nnamespace Acme;\n\npublic sealed class Box\n{\n    public int Size { get; set; }\n}\n")]
    [DataRow("go", "package main\n\nimport (\n\t\"fmt\"\n)\n\nfunc main() {\n\tx := 1\n\tfmt.Println(x)\n}\n")]
    [DataRow("rust", "use std::io;\n\nfn main() {\n    let mut x = 1;\n    println!(\"{}\", x);\n}\n")]
    [DataRow("sql", "SELECT name FROM users WHERE id = 1 ORDER BY name;\nINSERT INTO users VALUES (1);")]
    [DataRow("java", "import java.util.List;\n\npublic class A {\n  public static void main(String[] a) { System.out.println(1); }\n}")]
    [DataRow("javascript", "const a = require('x');\nfunction f() { console.log(a); }\nmodule.exports = { f };\n")]
    [DataRow("shell", "#!/bin/bash\nif [ -z \"$1\" ]; then\n  echo \"usage\"\nfi\n")]
    public void Names_the_language(string language, string code)
    {
        var found = Scan(new DetectorOptions { SourceCode = true }, "Please look:\n" + code);
        Assert.AreEqual(language, found.Single().Rule);
        Assert.AreEqual("source_code", found[0].Entity);
    }

    [TestMethod]
    [DataRow("Select the users from the list and let me know where it is. Import taxes are high; return to the class if you can.")]
    [DataRow("Let us go. From here on, match the colours and print (twice) the result.")]
    public void Prose_is_no_code(string text) => Assert.IsEmpty(Scan(new DetectorOptions { SourceCode = true }, text));

    [TestMethod]
    public void Only_the_wanted_languages_are_reported()
    {
        const string Code = "import os\ndef main():\n    self.x = 1\n";
        Assert.IsEmpty(Scan(new DetectorOptions { SourceCode = true, Languages = ["go"] }, Code));
        Assert.HasCount(1, Scan(new DetectorOptions { SourceCode = true, Languages = ["Python"] }, Code));
    }

    private static List<Detection> Scan(DetectorOptions options, string text)
    {
        var found = new List<Detection>();
        DetectorSet.Create(options, []).Scan(text, found);
        return found;
    }
}
