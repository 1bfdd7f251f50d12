using AktoDivert.ConsoleLoad;

switch (args)
{
    case ["ingest", .. var rest]:
        return await IngestLoad.RunAsync(rest.Length > 0 ? int.Parse(rest[0], System.Globalization.CultureInfo.InvariantCulture) : 100_000);
    case ["filters", .. var rest]:
        return await FilterLoad.RunAsync(rest.Length > 0 ? int.Parse(rest[0], System.Globalization.CultureInfo.InvariantCulture) : 1_000_000);
    default:
        Console.Error.WriteLine("usage: ingest [calls] | filters [calls]");
        return 2;
}
