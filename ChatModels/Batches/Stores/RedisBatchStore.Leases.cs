using ChatModels.Registry.Stores;
using StackExchange.Redis;

namespace ChatModels.Batches.Stores;

internal sealed partial class RedisBatchStore
{
    private static readonly TimeSpan LeaseTimeout = TimeSpan.FromMilliseconds(800);

    /// <summary>Does something to a lease if it is still the token's.</summary>
    /// <remarks>
    /// The client waits for the condition on the thread that sends it, holding the connection: so a connection for leases alone, and a thread for each try.
    /// That is one in four seconds for each chunk that is held.
    /// </remarks>
    private async Task<bool> IfHeldAsync(RedisKey lease, string token, Func<ITransaction, RedisKey, Task<bool>> queue, CancellationToken cancellationToken)
    {
        var pending = TransactAsync(lease, token, queue);
        try
        {
            return await pending.WaitAsync(LeaseTimeout, _time, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException or OperationCanceledException)
        {
            throw new StoreUnavailableException("Redis did not answer in time when asked about a claim.", exception);
        }
        finally
        {
            pending.Observe();
        }
    }

    private async Task<bool> TransactAsync(RedisKey lease, string token, Func<ITransaction, RedisKey, Task<bool>> queue)
    {
        var database = (await _leases.GetAsync()).GetDatabase();
        var transaction = database.CreateTransaction();
        transaction.AddCondition(Condition.StringEqual(lease, token));
        var queued = queue(transaction, lease);
        queued.Observe();
        return await Task.Factory
            .StartNew(() => transaction.ExecuteAsync(CommandFlags.DemandMaster), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }
}
