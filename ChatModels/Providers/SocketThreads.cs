namespace ChatModels.Providers;

/// <summary>In the gateway, requests run on the threads that wait for its sockets: code that is not ours, and may block, must not.</summary>
internal static class SocketThreads
{
    /// <summary>Goes on on the thread pool; costs nothing where that is so already.</summary>
    public static async ValueTask LeaveAsync()
    {
        if (!Thread.CurrentThread.IsThreadPoolThread)
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
    }
}
