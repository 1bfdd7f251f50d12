using AktoDivert.Console.Hosting;

try
{
    return await ConsoleCommand.Create().Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (ConsoleStartException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
