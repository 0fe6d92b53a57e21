using ChatModels.AppHost;
using ChatModels.AppHost.ProcessHost;

if (!AppHostOptions.TryParse(args, out var options, out var mistake))
{
    Console.Error.WriteLine(mistake);
    return 2;
}

if (options.Help)
{
    Console.WriteLine($"Options: {AppHostOptions.List}");
    return 0;
}

var startedByAspire = Environment.GetEnvironmentVariable("ASPIRE_BACKCHANNEL_PATH") is not null;
if (CommandLine.Refusal(options, startedByAspire) is { } refusal)
{
    Console.Error.WriteLine(refusal);
    return 2;
}

using var signals = new StopSignals();
return await new Launcher(Terminal.OfThisProcess()).RunAsync(token => Topology.DescribeAsync(options, token), signals.Stopping);
