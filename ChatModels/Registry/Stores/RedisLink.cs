using StackExchange.Redis;

namespace ChatModels.Registry.Stores;

/// <summary>Asks Redis within our own deadline. A hung server would let the client wait for many seconds, whatever its timeouts say.</summary>
internal sealed class RedisLink(Func<Task<IConnectionMultiplexer>> connect, TimeProvider time)
{
    /// <summary>The answer, or a <see cref="StoreUnavailableException"/> when there is none in time.</summary>
    public async Task<T> AskAsync<T>(string awaited, TimeSpan within, Func<IDatabase, Task<T>> ask, CancellationToken cancellationToken)
    {
        var pending = AskAsync(ask);
        try
        {
            return await pending.WaitAsync(within, time, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (RedisServerException exception)
        {
            throw new StoreUnavailableException($"Redis refused {awaited}: {Reason(exception)}", exception);
        }
        catch (TimeoutException exception)
        {
            throw new StoreUnavailableException($"Redis did not answer within {within.TotalMilliseconds:0} ms when asked for {awaited}.", exception);
        }
        catch (Exception exception) when (exception is not StoreUnavailableException)
        {
            // Of whatever kind: a connection that dies while it is read fails its commands with what the client's reader happened to throw.
            throw new StoreUnavailableException($"Redis could not be reached for {awaited} ({exception.GetType().Name}).", exception);
        }
        finally
        {
            pending.Observe();
        }
    }

    /// <summary>Several questions as one transaction: their answers are of one moment.</summary>
    public Task<T> AskTogetherAsync<T>(string awaited, TimeSpan within, Func<ITransaction, Func<Task<T>>> ask, CancellationToken cancellationToken) =>
        AskAsync(awaited, within, async database =>
        {
            var transaction = database.CreateTransaction();
            var answers = ask(transaction);
            if (!await transaction.ExecuteAsync(CommandFlags.DemandMaster))
            {
                throw new RedisException("The server did not execute a transaction that had no condition.");
            }

            return await answers();
        }, cancellationToken);

    /// <summary>What the server said; about a transaction that it threw away it says little.</summary>
    public static string Reason(RedisServerException refusal) => refusal.Message.StartsWith("EXECABORT", StringComparison.Ordinal)
        ? $"{refusal.Message} (Its memory is full, or it is read-only, or this user lacks a permission; its own log says which.)"
        : refusal.Message;

    private async Task<T> AskAsync<T>(Func<IDatabase, Task<T>> ask) => await ask((await connect()).GetDatabase());
}

internal static class TaskObservation
{
    /// <summary>Takes note of the exception of a task that nobody may wait for any more.</summary>
    public static void Observe(this Task task) =>
        task.ContinueWith(
            static failed => _ = failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
}
