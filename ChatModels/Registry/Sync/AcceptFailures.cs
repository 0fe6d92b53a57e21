namespace ChatModels.Registry.Sync;

/// <summary>Why a store's history was not taken over.</summary>
internal static class AcceptFailures
{
    private const string Op = "registry.accept";

    public static RegistryResult NotDiverged(RegistryState state) => new()
    {
        Failure = new RegistryFailure(Op, ErrorCodes.NotDiverged, $"There is nothing to accept: this process is {Name(state)}, and accepting is for one that has diverged from its store."),
    };

    public static RegistryResult Unavailable(string? reason) => new()
    {
        Failure = new RegistryFailure(Op, ErrorCodes.RegistryUnavailable, $"The store's registry was not taken over, since it can't be read now: {reason} Try again later."),
    };

    private static string Name(RegistryState state) => state switch
    {
        RegistryState.Live => "live",
        RegistryState.Stale => "stale, and may go on by itself once the store answers",
        _ => "still loading",
    };
}
