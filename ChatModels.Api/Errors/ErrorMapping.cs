namespace ChatModels.Api.Errors;

/// <summary>The one table from error codes to HTTP, for every surface.</summary>
internal static class ErrorMapping
{
    // Nginx' number for a caller who went away; nobody is there to read it, but logs and spans are.
    public const int ClientClosedStatus = 499;

    public static int StatusOf(string code) => code switch
    {
        ErrorCodes.InvalidName or ErrorCodes.InvalidBody or ErrorCodes.ValidationFailed or ErrorCodes.InvalidRequest => 400,
        ErrorCodes.ProviderOptionsInvalid or ErrorCodes.ProviderTypeUnknown => 400,
        ErrorCodes.CapabilityMissing or ErrorCodes.UpstreamRejected => 400,
        ErrorCodes.OperationNotSupported or ErrorCodes.NotTranslatable => 400,
        ErrorCodes.Unauthorized => 401,
        ErrorCodes.Forbidden => 403,
        ErrorCodes.NotFound or ErrorCodes.RouteNotFound or ErrorCodes.ModelNotFound or ErrorCodes.ModelDisabled => 404,
        ErrorCodes.MethodNotAllowed => 405,
        ErrorCodes.ProviderInUse or ErrorCodes.ModelInUse or ErrorCodes.FileInUse or ErrorCodes.RegistryBusy or ErrorCodes.ProviderAlreadyRegistered => 409,
        // No 503: it does not pass by itself, and clients and proxies that try again or elsewhere would only hide that somebody has to act.
        ErrorCodes.NotDiverged or ErrorCodes.RegistryDiverged or ErrorCodes.RegistryRejected or ErrorCodes.BatchNotCancellable or ErrorCodes.BatchExpired or ErrorCodes.BatchCancelled => 409,
        ErrorCodes.RevisionGone => 410,
        ErrorCodes.PreconditionFailed => 412,
        ErrorCodes.RequestTooLarge => 413,
        ErrorCodes.UnsupportedMediaType or ErrorCodes.UnsupportedContentEncoding => 415,
        ErrorCodes.RangeNotSatisfiable => 416,
        ErrorCodes.UpstreamRateLimited or ErrorCodes.ProviderSaturated or ErrorCodes.TooManyBatches => 429,
        ErrorCodes.ClientClosed => ClientClosedStatus,
        ErrorCodes.UpstreamModelNotFound or ErrorCodes.UpstreamAuthentication or ErrorCodes.UpstreamError => 502,
        ErrorCodes.UpstreamTruncated or ErrorCodes.UpstreamInvalidResponse => 502,
        ErrorCodes.ProviderCreationFailed or ErrorCodes.ProviderUnhealthy or ErrorCodes.UpstreamUnreachable => 502,
        ErrorCodes.BatchStoreUnavailable or ErrorCodes.RegistryUnavailable or ErrorCodes.RegistryWriteUnknown or ErrorCodes.RegistryNotLoaded or ErrorCodes.RevisionNotReached => 503,
        ErrorCodes.ModelUnavailableHere or ErrorCodes.BatchStoreUnavailable => 503,
        ErrorCodes.BatchLinePoison => 502,
        ErrorCodes.FileStorageFull => StatusCodes.Status507InsufficientStorage,
        ErrorCodes.ProviderCreationTimeout or ErrorCodes.UpstreamTimeout or ErrorCodes.StreamIdleTimeout => 504,
        _ => 500,
    };

    /// <summary>The code of an answer that came with a status alone: from routing, or from the server itself.</summary>
    public static string CodeOf(int status) => status switch
    {
        400 => ErrorCodes.InvalidRequest,
        401 => ErrorCodes.Unauthorized,
        403 => ErrorCodes.Forbidden,
        404 => ErrorCodes.RouteNotFound,
        405 => ErrorCodes.MethodNotAllowed,
        412 => ErrorCodes.PreconditionFailed,
        413 => ErrorCodes.RequestTooLarge,
        415 => ErrorCodes.UnsupportedMediaType,
        < 500 => ErrorCodes.InvalidRequest,
        _ => ErrorCodes.InternalError,
    };

    /// <summary>When to try again, where the code alone says it.</summary>
    public static TimeSpan? RetryAfterOf(string code) => code switch
    {
        ErrorCodes.RegistryBusy or ErrorCodes.RegistryNotLoaded or ErrorCodes.RevisionNotReached => TimeSpan.FromSeconds(1),
        ErrorCodes.RegistryUnavailable or ErrorCodes.RegistryWriteUnknown => TimeSpan.FromSeconds(2),
        _ => null,
    };
}
