using AktoDivert.Lab.Network;

namespace AktoDivert.Tests.Lab;

[TestClass]
public sealed class LoginEnvironmentTests
{
    [TestMethod]
    [DataRow("A=b", "b")]
    [DataRow("  A=b  ", "b")]
    [DataRow("export A=b", "b")]
    [DataRow("A=\"b c\"", "b c")]
    [DataRow("A='b'", "b")]
    [DataRow("A=b=c", "b=c")]
    [DataRow("A=", "")]
    [DataRow("A=\"b", "\"b")]
    public void A_line_gives_its_variable(string line, string value) => Assert.AreEqual(value, LoginEnvironment.Parse([line])["A"]);

    [TestMethod]
    [DataRow("")]
    [DataRow("# A=b")]
    [DataRow("A")]
    [DataRow("=b")]
    public void Other_lines_give_nothing(string line) => Assert.IsEmpty(LoginEnvironment.Parse([line]));

    [TestMethod]
    public void A_file_that_is_not_there_gives_nothing() => Assert.IsEmpty(LoginEnvironment.Read("/nonexistent/environment"));
}
