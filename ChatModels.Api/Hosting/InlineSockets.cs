namespace ChatModels.Api.Hosting;

/// <summary>Runs what follows a socket's reads and writes on the thread that saw them complete, instead of handing it to the thread pool.</summary>
/// <remarks>
/// A request of the chat path costs less than waking another thread does. The price: code that blocks stops every connection of its socket
/// thread. So this is for the gateway's process alone, and <see cref="PoolThreads"/> keeps all but the chat path away from there.
/// </remarks>
internal static class InlineSockets
{
    // Read once by System.Net.Sockets, before the first socket is used; there is no other switch.
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    public static bool Enabled => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>Whoever set the variable, to 0 or 1, has decided.</summary>
    public static void Enable()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
        {
            Environment.SetEnvironmentVariable(Variable, "1");
        }
    }
}
