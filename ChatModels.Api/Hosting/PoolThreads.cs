namespace ChatModels.Api.Hosting;

/// <summary>Takes every request but those of the chat path from the socket's thread to the thread pool, and keeps it there.</summary>
internal sealed class PoolThreads(RequestDelegate next)
{
    // What runs under a scheduler other than the default comes back to it after each wait. This one runs its tasks on the pool.
    private static readonly TaskScheduler Pool = new ConcurrentExclusiveSchedulerPair().ConcurrentScheduler;

    private static readonly PathString[] Hot = ["/v1/chat/completions", "/v1/embeddings", "/v1/messages"];

    public Task InvokeAsync(HttpContext http) => IsHot(http.Request.Path)
        ? next(http)
        : Task.Factory.StartNew(static state => Next(state!), (next, http), CancellationToken.None, TaskCreationOptions.DenyChildAttach, Pool).Unwrap();

    private static Task Next(object state)
    {
        var (next, http) = ((RequestDelegate, HttpContext))state;
        return next(http);
    }

    private static bool IsHot(PathString path)
    {
        foreach (var hot in Hot)
        {
            if (path.StartsWithSegments(hot))
            {
                return true;
            }
        }

        return false;
    }
}
