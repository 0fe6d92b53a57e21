using Microsoft.Extensions.Options;

namespace ChatModels.Batches;

/// <summary>How batches are run and kept; <c>ChatModels:Batches</c> in configuration.</summary>
internal sealed class BatchOptions
{
    public const string Section = "ChatModels:Batches";

    /// <summary>How many batches may be unfinished at once.</summary>
    public int MaxOpen { get; set; } = 200;

    /// <summary>How many lines a batch may have.</summary>
    public int MaxLines { get; set; } = 50_000;

    /// <summary>How large one line may be.</summary>
    public int MaxLineBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>How many lines a worker may have under way at once.</summary>
    public int Concurrency { get; set; } = 64;

    /// <summary>How long a batch may take; what is not done by then is answered with <c>batch_expired</c>.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long a batch is listed after its end.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How often a worker looks for new batches.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a claim lasts without being renewed.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>How long lines under way may go on when the worker has to stop.</summary>
    public TimeSpan Drain { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long lines under way may go on when their batch was cancelled or has expired.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Lines of one chunk, which is what a worker claims; at least 1.</summary>
    internal int ChunkLines { get; set; } = 64;

    /// <summary>A chunk ends earlier when it is this large, so that what a worker holds is bounded.</summary>
    internal int ChunkBytes { get; set; } = 1024 * 1024;

    /// <summary>How often a claim is renewed.</summary>
    public TimeSpan Renewal => Lease / 3;

    /// <summary>No line is begun with less left of its claim.</summary>
    public TimeSpan Margin => Lease / 6;
}

internal sealed class BatchOptionsValidator : IValidateOptions<BatchOptions>
{
    public ValidateOptionsResult Validate(string? name, BatchOptions options)
    {
        List<string> mistakes = [];
        Check(nameof(options.MaxOpen), options.MaxOpen, 1, 10_000, mistakes);
        Check(nameof(options.MaxLines), options.MaxLines, 1, 1_000_000, mistakes);
        Check(nameof(options.MaxLineBytes), options.MaxLineBytes, 1024, 32 * 1024 * 1024, mistakes);
        Check(nameof(options.Concurrency), options.Concurrency, 1, 4096, mistakes);
        Check(nameof(options.Window), options.Window, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30), mistakes);
        Check(nameof(options.Retention), options.Retention, TimeSpan.FromSeconds(1), TimeSpan.FromDays(3650), mistakes);
        Check(nameof(options.PollInterval), options.PollInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), mistakes);
        Check(nameof(options.Lease), options.Lease, TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(10), mistakes);
        Check(nameof(options.Drain), options.Drain, TimeSpan.Zero, TimeSpan.FromMinutes(10), mistakes);
        Check(nameof(options.Grace), options.Grace, TimeSpan.Zero, TimeSpan.FromMinutes(10), mistakes);
        return mistakes is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static void Check<T>(string key, T value, T least, T most, List<string> mistakes)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            mistakes.Add($"{BatchOptions.Section}:{key} is {value}; give {least} to {most}.");
        }
    }
}
