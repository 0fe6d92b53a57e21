using Microsoft.Extensions.Options;

namespace ChatModels.Chat.Probing;

/// <summary>How providers are probed; <c>ChatModels:Probes</c> in configuration.</summary>
public sealed class ProbeOptions
{
    /// <summary>Whether this process takes part in probing; the worker does, and one process at a time.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The time between two rounds, jittered by a tenth.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one provider may take to answer.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many providers are asked at once.</summary>
    public int Parallelism { get; set; } = 8;

    /// <summary>How often every process looks for results that others have shared.</summary>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(5);
}

internal sealed class ProbeOptionsValidator : IValidateOptions<ProbeOptions>
{
    public ValidateOptionsResult Validate(string? name, ProbeOptions options)
    {
        List<string> mistakes = [];
        Check(nameof(options.Interval), options.Interval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), mistakes);
        Check(nameof(options.Timeout), options.Timeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), mistakes);
        Check(nameof(options.RefreshInterval), options.RefreshInterval, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(10), mistakes);
        if (options.Parallelism is < 1 or > 256)
        {
            mistakes.Add($"ChatModels:Probes:Parallelism is {options.Parallelism}; give a number from 1 to 256.");
        }

        return mistakes is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static void Check(string key, TimeSpan value, TimeSpan least, TimeSpan most, List<string> mistakes)
    {
        if (value < least || value > most)
        {
            mistakes.Add($"ChatModels:Probes:{key} is {value}; give a time from {least:c} to {most:c}.");
        }
    }
}
