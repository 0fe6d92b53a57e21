using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ChatModels.Registry;

/// <summary>Refuses settings that can't work, all mistakes at once, before anything starts.</summary>
internal sealed partial class RegistryOptionsValidator(IConfiguration configuration, IHostEnvironment environment) : IValidateOptions<RegistryOptions>
{
    private const string Section = "ChatModels:Registry:";
    private static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(10);

    public ValidateOptionsResult Validate(string? name, RegistryOptions options)
    {
        List<string> mistakes = [];
        if (options.Name is null || !InstallationPattern().IsMatch(options.Name))
        {
            mistakes.Add($"{Section}Name is '{options.Name}'; give 1 to 63 letters, digits and any of ._- beginning with a letter or digit.");
        }

        if (options.Role is null || !InstallationPattern().IsMatch(options.Role))
        {
            mistakes.Add($"{Section}Role is '{options.Role}'; give 1 to 63 letters, digits and any of ._- beginning with a letter or digit.");
        }

        if (options.LastKnownGood is { } path && (string.IsNullOrWhiteSpace(path) || path.Contains('\0') || Directory.Exists(path)))
        {
            mistakes.Add($"{Section}LastKnownGood is '{path}', which can't be a file; give the path of one, such as /var/lib/chatmodels/registry.json, or leave it out.");
        }

        CheckStore(options, mistakes);
        CheckTimes(options, mistakes);
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private void CheckStore(RegistryOptions options, List<string> mistakes)
    {
        var hasRedis = !string.IsNullOrEmpty(configuration.GetConnectionString("redis"));
        switch (RegistryStoreKind.Choose(options, hasRedis, environment.IsDevelopment()))
        {
            case RegistryStoreKind.Memory:
            case RegistryStoreKind.Redis when hasRedis:
                break;
            case RegistryStoreKind.Redis:
                mistakes.Add($"{Section}Store is 'redis', but ConnectionStrings:redis is missing; set ConnectionStrings__redis=HOST:PORT.");
                break;
            case null:
                mistakes.Add($"ConnectionStrings:redis is missing and {Section}Store is not set; set ConnectionStrings__redis=HOST:PORT, "
                    + "or ChatModels__Registry__Store=memory for a registry of this process alone that ends with it.");
                break;
            default:
                mistakes.Add($"{Section}Store is '{options.Store}'; give 'redis' or 'memory', or leave it out.");
                break;
        }
    }

    private static void CheckTimes(RegistryOptions options, List<string> mistakes)
    {
        Check(nameof(options.RefreshMinimum), options.RefreshMinimum, Instant, TimeSpan.FromMinutes(1), mistakes);
        Check(nameof(options.RefreshMaximum), options.RefreshMaximum, Instant, TimeSpan.FromMinutes(1), mistakes);
        Check(nameof(options.MaxStaleness), options.MaxStaleness, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), mistakes);
        Check(nameof(options.ReadDeadline), options.ReadDeadline, Instant, TimeSpan.FromMinutes(1), mistakes);
        Check(nameof(options.WriteDeadline), options.WriteDeadline, Instant, TimeSpan.FromMinutes(1), mistakes);
        Check(nameof(options.RestoreDelay), options.RestoreDelay, TimeSpan.Zero, TimeSpan.FromHours(1), mistakes);
        Check(nameof(options.BirthDelay), options.BirthDelay, TimeSpan.Zero, TimeSpan.FromHours(1), mistakes);
        Check(nameof(options.AnnounceInterval), options.AnnounceInterval, Instant, TimeSpan.FromMinutes(1), mistakes);
        if (options.RefreshMinimum > options.RefreshMaximum)
        {
            mistakes.Add($"{Section}RefreshMinimum is {options.RefreshMinimum:c}, more than RefreshMaximum; give at most {options.RefreshMaximum:c}.");
        }

        if (options.MaxStaleness <= options.RefreshMaximum)
        {
            mistakes.Add($"{Section}MaxStaleness is {options.MaxStaleness:c}, so that a snapshot would be stale between two refreshes; give more than RefreshMaximum ({options.RefreshMaximum:c}).");
        }
    }

    private static void Check(string key, TimeSpan value, TimeSpan least, TimeSpan most, List<string> mistakes)
    {
        if (value < least || value > most)
        {
            mistakes.Add($"{Section}{key} is {value:c}; give {least:c} to {most:c}.");
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,62}\z")]
    private static partial Regex InstallationPattern();
}
