//! Bodies as they come in: shapes only. None of them can be printed, because most hold a secret.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /auth/register`
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subdomain: Option<String>,
}

/// `POST /auth/login`
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginBody {
    pub email: Option<String>,
    pub password: Option<String>,
    pub subdomain: Option<String>,
}

/// `POST /auth/refresh`, and optional in `POST /auth/logout`
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshBody {
    pub refresh_token: Option<String>,
}

/// `POST /auth/password/change`
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PasswordChangeBody)]
pub struct ChangeBody {
    pub current_password: Option<String>,
    pub new_password: Option<String>,
}

/// `POST /auth/password/forgot`
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgotBody {
    pub email: Option<String>,
    pub subdomain: Option<String>,
}

/// `POST /auth/password/reset`
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetBody {
    pub email: Option<String>,
    pub code: Option<String>,
    #[serde(alias = "password")]
    pub new_password: Option<String>,
}
