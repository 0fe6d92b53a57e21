using ChatModels.Registry.Stores;
using StackExchange.Redis;

namespace ChatModels.Batches.Stores;

internal sealed partial class RedisBatchStore
{
    private const int MostAttempts = 20;
    private static readonly TimeSpan LeaseTimeout = TimeSpan.FromMilliseconds(800);

    /// <summary>Does something to a lease if it is still the token's.</summary>
    private Task<bool> IfHeldAsync(RedisKey lease, string token, Func<ITransaction, RedisKey, Task<bool>> queue, CancellationToken cancellationToken) =>
        IfAsync("a claim", LeaseTimeout, Condition.StringEqual(lease, token), transaction => queue(transaction, lease), cancellationToken);

    /// <summary>Does something if a condition holds; false when it does not.</summary>
    /// <remarks>
    /// The client waits for the condition on the thread that sends it, holding the connection: so a connection for these alone, and a thread for each try.
    /// That is one in four seconds for each chunk that is held, and two for each batch.
    /// </remarks>
    private Task<bool> IfAsync(string awaited, TimeSpan within, Condition condition, Func<ITransaction, Task<bool>> queue, CancellationToken cancellationToken) =>
        _leaseLink.AskAsync(awaited, within, database => TransactAsync(database, condition, queue), cancellationToken);

    private static async Task<bool> TransactAsync(IDatabase database, Condition condition, Func<ITransaction, Task<bool>> queue)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var transaction = database.CreateTransaction();
            var held = transaction.AddCondition(condition);
            queue(transaction).Observe();
            var isDone = await Task.Factory
                .StartNew(() => transaction.ExecuteAsync(CommandFlags.DemandMaster), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
            if (isDone || !held.WasSatisfied)
            {
                return isDone;
            }

            // It held, and something else under the same key was changed just then: many batches share the list of open ones.
        }

        throw new RedisException($"A key was changed by others {MostAttempts} times in a row.");
    }
}
