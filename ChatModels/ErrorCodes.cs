namespace ChatModels;

/// <summary>The closed set of error codes: every error that leaves ChatModels, by exception, response or span, carries one of these.</summary>
public static class ErrorCodes
{
    // Provider types, in process.
    /// <summary>A provider type of that name is registered already.</summary>
    public const string ProviderAlreadyRegistered = "provider_already_registered";

    /// <summary>This process has no provider type of that name.</summary>
    public const string ProviderTypeUnknown = "provider_type_unknown";

    /// <summary>A provider's options do not fit its type's metadata.</summary>
    public const string ProviderOptionsInvalid = "provider_options_invalid";

    /// <summary>A provider type's creator failed.</summary>
    public const string ProviderCreationFailed = "provider_creation_failed";

    /// <summary>A provider type's creator did not finish within its deadline and was cancelled.</summary>
    public const string ProviderCreationTimeout = "provider_creation_timeout";

    /// <summary>A new provider did not pass the health check that was asked for.</summary>
    public const string ProviderUnhealthy = "provider_unhealthy";

    // Registry.
    /// <summary>A provider's or model's name is outside the grammar.</summary>
    public const string InvalidName = "invalid_name";

    /// <summary>A body is not the JSON that the operation takes.</summary>
    public const string InvalidBody = "invalid_body";

    /// <summary>An entity is well-formed but can't be accepted.</summary>
    public const string ValidationFailed = "validation_failed";

    /// <summary>There is no such entity.</summary>
    public const string NotFound = "not_found";

    /// <summary>Models still use the provider.</summary>
    public const string ProviderInUse = "provider_in_use";

    /// <summary>Other models still fall back to the model.</summary>
    public const string ModelInUse = "model_in_use";

    /// <summary>If-Match or If-None-Match did not hold.</summary>
    public const string PreconditionFailed = "precondition_failed";

    /// <summary>Too many writers at once; the write was not applied.</summary>
    public const string RegistryBusy = "registry_busy";

    /// <summary>The store can't be reached; the write was certainly not applied.</summary>
    public const string RegistryUnavailable = "registry_unavailable";

    /// <summary>The store's answer was lost: the write may or may not have been applied.</summary>
    public const string RegistryWriteUnknown = "registry_write_unknown";

    /// <summary>This process has not loaded the registry yet.</summary>
    public const string RegistryNotLoaded = "registry_not_loaded";

    /// <summary>The revision asked for did not arrive in time.</summary>
    public const string RevisionNotReached = "revision_not_reached";

    /// <summary>The log no longer holds what the operation needs of the past.</summary>
    public const string RevisionGone = "revision_gone";

    /// <summary>This process holds another history than its store; nothing is written until an operator has decided which one counts.</summary>
    public const string RegistryDiverged = "registry_diverged";

    /// <summary>The store's newest revision can't be used; only a write that cures it is taken.</summary>
    public const string RegistryRejected = "registry_rejected";

    /// <summary>This process has not diverged from its store, so there is nothing to accept.</summary>
    public const string NotDiverged = "not_diverged";

    // The chat path.
    /// <summary>The request is malformed.</summary>
    public const string InvalidRequest = "invalid_request";

    /// <summary>The request's body is compressed.</summary>
    public const string UnsupportedContentEncoding = "unsupported_content_encoding";

    /// <summary>The request's body is of a media type that the operation does not take.</summary>
    public const string UnsupportedMediaType = "unsupported_media_type";

    /// <summary>The request's body is over the limit.</summary>
    public const string RequestTooLarge = "request_too_large";

    /// <summary>There is no such model.</summary>
    public const string ModelNotFound = "model_not_found";

    /// <summary>The model, or everything that serves it, is switched off.</summary>
    public const string ModelDisabled = "model_disabled";

    /// <summary>This process can't serve the model; another may.</summary>
    public const string ModelUnavailableHere = "model_unavailable_here";

    /// <summary>The request needs a capability that the model lacks.</summary>
    public const string CapabilityMissing = "capability_missing";

    /// <summary>The provider that serves the model has nothing like the operation.</summary>
    public const string OperationNotSupported = "operation_not_supported";

    /// <summary>The request has something that the protocol of the model's provider can't say.</summary>
    public const string NotTranslatable = "not_translatable";

    /// <summary>The provider refused the request as the caller's mistake.</summary>
    public const string UpstreamRejected = "upstream_rejected";

    /// <summary>The provider does not know the model id that the registry has for it.</summary>
    public const string UpstreamModelNotFound = "upstream_model_not_found";

    /// <summary>The provider refused our credentials.</summary>
    public const string UpstreamAuthentication = "upstream_authentication";

    /// <summary>Every provider that could answer limits our rate.</summary>
    public const string UpstreamRateLimited = "rate_limit_exceeded";

    /// <summary>A provider has as many requests under way and waiting as its limit allows, and nothing else serves the model.</summary>
    public const string ProviderSaturated = "provider_saturated";

    /// <summary>The provider failed.</summary>
    public const string UpstreamError = "upstream_error";

    /// <summary>No connection to the provider.</summary>
    public const string UpstreamUnreachable = "upstream_unreachable";

    /// <summary>The provider did not answer in time.</summary>
    public const string UpstreamTimeout = "upstream_timeout";

    /// <summary>The provider's answer broke off.</summary>
    public const string UpstreamTruncated = "upstream_truncated";

    /// <summary>The provider's answer is not what its protocol says.</summary>
    public const string UpstreamInvalidResponse = "upstream_invalid_response";

    /// <summary>The provider's stream stood still for too long.</summary>
    public const string StreamIdleTimeout = "stream_idle_timeout";

    /// <summary>The caller went away; not a failure of anyone.</summary>
    public const string ClientClosed = "client_closed";

    // Batches.
    /// <summary>There is no room for more files.</summary>
    public const string FileStorageFull = "file_storage_full";

    /// <summary>The file does not have the bytes that were asked for.</summary>
    public const string RangeNotSatisfiable = "range_not_satisfiable";

    /// <summary>The file comes out of a batch that is just being finished.</summary>
    public const string FileInUse = "file_in_use";

    /// <summary>Too many batches are unfinished.</summary>
    public const string TooManyBatches = "too_many_batches";

    /// <summary>The batch is past the point where it can be cancelled.</summary>
    public const string BatchNotCancellable = "batch_not_cancellable";

    /// <summary>The batches' store can't be used now.</summary>
    public const string BatchStoreUnavailable = "batch_store_unavailable";

    /// <summary>Workers were lost with a line, so often that it is not tried again.</summary>
    public const string BatchLinePoison = "batch_line_poison";

    /// <summary>The batch's time was over before the line was run.</summary>
    public const string BatchExpired = "batch_expired";

    /// <summary>The batch was cancelled before the line was run.</summary>
    public const string BatchCancelled = "batch_cancelled";

    // Access.
    /// <summary>No key, or one that is not known.</summary>
    public const string Unauthorized = "invalid_api_key";

    /// <summary>The key may not do this.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>There is nothing at that path.</summary>
    public const string RouteNotFound = "route_not_found";

    /// <summary>The path does not take that method.</summary>
    public const string MethodNotAllowed = "method_not_allowed";

    /// <summary>A defect in ChatModels.</summary>
    public const string InternalError = "internal_error";
}
