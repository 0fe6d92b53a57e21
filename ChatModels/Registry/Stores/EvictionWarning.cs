using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ChatModels.Registry.Stores;

/// <summary>Warns, once, of a server that may evict the registry when memory runs short.</summary>
internal sealed partial class EvictionWarning(RedisLink link, StoreDeadlines deadlines, ILogger logger)
{
    private const string Field = "maxmemory_policy:";

    private Task _check = Task.CompletedTask;
    private int _asked;

    /// <summary>Ends with the check under way.</summary>
    public Task Completion => _check;

    /// <summary>Asks in the background, the first time only.</summary>
    public void AskOnce()
    {
        if (Volatile.Read(ref _asked) == 0 && Interlocked.Exchange(ref _asked, 1) == 0)
        {
            _check = AskAsync();
        }
    }

    private async Task AskAsync()
    {
        try
        {
            // INFO and not CONFIG GET: managed services refuse the latter.
            var info = await link.AskAsync(
                "its memory policy", deadlines.Head, database => database.ExecuteAsync("INFO", ["memory"], CommandFlags.DemandMaster), CancellationToken.None);
            var policy = info.ToString().Split('\n').FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal))?[Field.Length..].Trim();
            if (policy is not (null or "noeviction"))
            {
                LogEvicts(policy);
            }
        }
        catch (StoreUnavailableException exception)
        {
            LogUnknown(exception.Message); // Some servers don't say, or were gone again: nothing that an operator could act on.
        }
    }

    [LoggerMessage(1301, LogLevel.Warning, "Redis has maxmemory-policy {Policy}: when its memory is full it may evict the registry; set maxmemory-policy noeviction")]
    private partial void LogEvicts(string policy);

    [LoggerMessage(1302, LogLevel.Debug, "The server does not tell its maxmemory-policy: {Reason}")]
    private partial void LogUnknown(string reason);
}
