using Microsoft.Extensions.Options;

namespace ChatModels.Batches.Files;

/// <summary>Where files are kept and how many; <c>ChatModels:Files</c> in configuration.</summary>
internal sealed class FileStoreOptions
{
    public const string Section = "ChatModels:Files";

    /// <summary>A directory that the Api and every worker see at the same path; files are in Redis (or in memory) where absent.</summary>
    public string? Directory { get; set; }

    /// <summary>How many bytes fit in all; 256 MiB in Redis or in memory, 20 GiB in a directory where absent.</summary>
    public long? MaxBytes { get; set; }

    /// <summary>How many files there may be.</summary>
    public int MaxFiles { get; set; } = 10_000;

    /// <summary>The largest file for a batch.</summary>
    public long MaxFileBytes { get; set; } = 200L * 1024 * 1024;

    /// <summary>How long a file lives whose uploader does not say.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(30);

    public long Capacity => MaxBytes ?? (Directory is null ? 256L * 1024 * 1024 : 20L * 1024 * 1024 * 1024);
}

internal sealed class FileStoreOptionsValidator : IValidateOptions<FileStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, FileStoreOptions options)
    {
        List<string> mistakes = [];
        if (options.Directory is { } directory && (!Path.IsPathFullyQualified(directory) || File.Exists(directory)))
        {
            mistakes.Add($"{FileStoreOptions.Section}:Directory is '{directory}'; give the full path of a directory, such as /var/lib/chatmodels/files, or leave it out.");
        }

        Check(nameof(options.MaxBytes), options.Capacity, 1, long.MaxValue, mistakes);
        Check(nameof(options.MaxFiles), options.MaxFiles, 1, 1_000_000, mistakes);
        Check(nameof(options.MaxFileBytes), options.MaxFileBytes, 1, 1L << 40, mistakes);
        if (options.Lifetime < TimeSpan.FromMinutes(1) || options.Lifetime > TimeSpan.FromDays(3650))
        {
            mistakes.Add($"{FileStoreOptions.Section}:Lifetime is {options.Lifetime:c}; give 00:01:00 to 3650.00:00:00.");
        }

        return mistakes is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static void Check(string key, long value, long least, long most, List<string> mistakes)
    {
        if (value < least || value > most)
        {
            mistakes.Add($"{FileStoreOptions.Section}:{key} is {value}; give {least} to {most}.");
        }
    }
}
