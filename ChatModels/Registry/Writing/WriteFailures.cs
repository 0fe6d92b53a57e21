using ChatModels.Registry.Stores;
using ChatModels.Registry.Sync;

namespace ChatModels.Registry.Writing;

/// <summary>The ways in which a write can fail, each with its code and its sentence.</summary>
internal static class WriteFailures
{
    public static RegistryResult Result(RegistryFailure failure) => new() { Failure = failure };

    public static RegistryFailure Failure(string op, string code, string message) => new($"registry.{op}", code, message);

    public static RegistryFailure InvalidName(string op, string message) => Failure(op, ErrorCodes.InvalidName, message);

    public static RegistryFailure Invalid(string op, IReadOnlyList<ValidationIssue> issues) =>
        Failure(op, ErrorCodes.ValidationFailed, issues is [var only] ? $"{only.Path}: {only.Message}" : $"There are {issues.Count} mistakes; each is listed with its path.") with { Issues = issues };

    public static RegistryFailure NotFound(string op, EntityChange entity) =>
        Failure(op, ErrorCodes.NotFound, $"There is no {(entity.Kind == EntityKind.Provider ? "provider" : "model")} '{entity.Id}'.");

    public static RegistryFailure Gone(string op, string message) => Failure(op, ErrorCodes.RevisionGone, message);

    public static RegistryFailure Busy(string op) =>
        Failure(op, ErrorCodes.RegistryBusy, "Too many writes at once; this one was not applied. Try again in a moment.");

    public static RegistryFailure Unavailable(string op, string? reason) =>
        Failure(op, ErrorCodes.RegistryUnavailable, $"The write was not applied, since the registry's store can't take it now: {reason} Try again later.");

    public static RegistryFailure Unknown(string op, string stamp) =>
        Failure(op, ErrorCodes.RegistryWriteUnknown, $"The store's answer was lost: the write may have been applied, or may be yet. Once the store is back, look for the stamp {stamp} in the history.") with { Stamp = stamp };

    /// <summary>The newest revision can't be used, and would not be usable after the write either.</summary>
    public static RegistryFailure Rejected(string op, string? reason) => Failure(
        op, ErrorCodes.RegistryRejected, $"The write was not applied, since it would not cure the store's newest revision: {reason} Replace or delete what is wrong there, with apply where it is more than one.");

    /// <summary>The snapshot could not be brought to the store's newest revision, so that there is nothing to hold the change against.</summary>
    public static RegistryFailure NotAtHead(string op, SyncOutcome outcome, RegistryStatus status) => (outcome, status) switch
    {
        (SyncOutcome.Diverged, _) => Failure(op, ErrorCodes.RegistryDiverged, $"The write was not applied, since the store holds another history than this process: {status.Reason} An operator has to decide which one counts: POST /registry/accept takes the store's, with \"dryRun\":true it only shows the difference."),
        (SyncOutcome.Rejected, _) => Rejected(op, status.Reason),
        (SyncOutcome.Empty, { Head: null }) => Failure(op, ErrorCodes.RegistryNotLoaded, "The store has no registry yet, and this process waits for one that may restore it. Try again in a few seconds."),
        (SyncOutcome.Empty, _) => Unavailable(op, "it has lost the registry, which is being restored."),
        (SyncOutcome.Unavailable, _) => Unavailable(op, status.Reason),
        (_, { Head: null, Reason: var reason }) => Failure(op, ErrorCodes.RegistryNotLoaded, $"This process has not loaded the registry yet: {reason} Try again later."),
        _ => Unavailable(op, status.Reason),
    };
}
